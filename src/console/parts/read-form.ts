/** Keeps the page, and returns what a form's fields have, without space around it. */
export function readForm(event: SubmitEvent): (name: string) => string {
  event.preventDefault();
  const data = event.currentTarget instanceof HTMLFormElement ? new FormData(event.currentTarget) : undefined;
  return (name) => {
    const value = data?.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
}

/** Empties the fields of a form. */
export function emptyForm({ target }: SubmitEvent): void {
  if (target instanceof HTMLFormElement) target.reset();
}
