// Loading for views: a value, or what went wrong, or neither yet; what comes too late is dropped.
import { useCallback, useEffect, useState } from "./html.js";

/** What `load` answers, loaded anew when `inputs` change or on `again`. */
export function useLoaded(load, inputs) {
  const [state, setState] = useState({ value: null, error: null, loading: true });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    load(stop.signal).then(
      (value) => stop.signal.aborted || setState({ value, error: null, loading: false }),
      (error) => stop.signal.aborted || setState((before) => ({ value: before.value, error, loading: false })),
    );
    return () => stop.abort();
  }, [...inputs, turn]);
  const again = useCallback(() => setTurn((turn) => turn + 1), []);
  return { ...state, again };
}

/** Calls `act` every `seconds` for as long as `on` holds and somebody can see the page. */
export function usePolling(act, seconds, on) {
  useEffect(() => {
    if (!on) return undefined;
    const timer = setInterval(() => document.hidden || act(), seconds * 1000);
    const shown = () => document.hidden || act();
    document.addEventListener("visibilitychange", shown);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", shown);
    };
  }, [act, seconds, on]);
}

/** An action under way: `run` starts it, `failure` says how the last one ended. */
export function useAction(action) {
  const [state, setState] = useState({ busy: false, failure: null });
  const run = async (...given) => {
    setState({ busy: true, failure: null });
    try {
      const done = await action(...given);
      setState({ busy: false, failure: null });
      return done;
    } catch (failure) {
      setState({ busy: false, failure });
      return undefined;
    }
  };
  return { ...state, run };
}
