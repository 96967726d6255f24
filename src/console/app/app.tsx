import { useEffect, useRef } from "preact/hooks";
import { SCREENS } from "../screens/screens.ts";
import { useConnection } from "./connection.ts";
import { Header } from "./header.tsx";
import { Navigation } from "./navigation.tsx";
import { matchPath, type Params, usePlace } from "./place.ts";
import type { Screen } from "./screen.ts";

/** The frame around every screen. */
export function App() {
  const segments = usePlace();
  const { isGone } = useConnection();
  const { screen, params } = findScreen(segments);
  const place = segments.join("/");
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${screen?.title ?? "Not found"} - healthimaging-local`;
    // A new screen is announced, and the keyboard goes on from its top.
    if (!isFirst.current) heading.current?.focus();
    isFirst.current = false;
  }, [place, screen]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => skipTo(event, heading.current)}>
        Skip to content
      </a>
      <Header />
      {isGone && (
        <p class="gone" role="alert">
          The emulator does not answer. It was stopped, or it listens elsewhere. This page continues as soon
          as it is back.
        </p>
      )}
      <div class="columns">
        <Navigation current={screen} />
        <main id="main">
          <h1 ref={heading} tabIndex={-1}>
            {screen?.title ?? "Not found"}
          </h1>
          {screen === undefined ? (
            <p>The console has no screen of this address.</p>
          ) : (
            <screen.Body key={place} params={params} />
          )}
        </main>
      </div>
    </>
  );
}

function skipTo(event: Event, heading: HTMLElement | null): void {
  event.preventDefault();
  heading?.focus();
}

function findScreen(segments: readonly string[]): { screen: Screen | undefined; params: Params } {
  const wanted = segments.length === 0 ? ["data-stores"] : segments;
  for (const screen of SCREENS) {
    const params = matchPath(screen.path, wanted);
    if (params !== undefined) return { screen, params };
  }
  return { screen: undefined, params: {} };
}
