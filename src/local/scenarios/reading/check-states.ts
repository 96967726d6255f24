import type { ScenarioState, StateTransition } from "../scenario.ts";
import { pointTo, suggest, type Problem } from "./schema.ts";

/** The problems of a scenario's states: unknown names, and states that cannot be reached. */
export function checkStates(
  states: readonly ScenarioState[] = [],
  ruleIds: readonly string[] = [],
): Problem[] {
  const ids = states.map(({ id }) => id);
  const problems: Problem[] = [];
  const known = (pointer: string, what: string, name: string, names: readonly string[]): void => {
    if (names.includes(name)) return;
    const hint = suggest(name, names);
    problems.push({ pointer, message: `no ${what} is named ${JSON.stringify(name)}`, hint });
  };
  const reached = reachable(states);
  for (const [index, state] of states.entries()) {
    const pointer = `/states/${index}`;
    if (ids.indexOf(state.id) < index) {
      problems.push({
        pointer: `${pointer}/id`,
        message: `there are two states ${JSON.stringify(state.id)}`,
      });
    } else if (!reached.has(state.id)) {
      problems.push({ pointer, message: `no transition leads to the state ${JSON.stringify(state.id)}` });
    }
    state.rules.forEach((rule, at) => known(pointTo(`${pointer}/rules`, at), "rule", rule, ruleIds));
    for (const [at, transition] of (state.next ?? []).entries()) {
      const place = `${pointer}/next/${at}`;
      known(`${place}/goto`, "state", transition.goto, ids);
      if (transition.hits !== undefined) known(`${place}/hits/rule`, "rule", transition.hits.rule, ruleIds);
      const causes = causesOf(transition);
      if (causes !== 1) {
        problems.push({
          pointer: place,
          message: `expected exactly one of after, signal, hits, got ${causes}`,
        });
      }
    }
  }
  return problems;
}

const causesOf = ({ after, signal, hits }: StateTransition): number =>
  [after, signal, hits].filter((cause) => cause !== undefined).length;

/** States that are reachable from the first one. */
function reachable(states: readonly ScenarioState[]): Set<string> {
  const reached = new Set(states.slice(0, 1).map(({ id }) => id));
  for (const id of reached) {
    // A set that grows during its iteration is iterated to its end.
    for (const { goto } of states.find((state) => state.id === id)?.next ?? []) reached.add(goto);
  }
  return reached;
}
