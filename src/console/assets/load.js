// Hooks for loading data and running actions. Results of outdated requests are dropped.
import { useCallback, useEffect, useState } from "./html.js";

/** Loads a value with `load`, again whenever `inputs` change or `reload` is called. */
export function useLoaded(load, inputs) {
  const [state, setState] = useState({ value: null, error: null, loading: true });
  const [run, setRun] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    load(abort.signal).then(
      (value) => abort.signal.aborted || setState({ value, error: null, loading: false }),
      (error) => abort.signal.aborted || setState((before) => ({ value: before.value, error, loading: false })),
    );
    return () => abort.abort();
  }, [...inputs, run]);
  const reload = useCallback(() => setRun((run) => run + 1), []);
  return { ...state, reload };
}

/** Calls `poll` every `seconds` while `enabled` is true and the page is visible. */
export function usePolling(poll, seconds, enabled) {
  useEffect(() => {
    if (!enabled) return undefined;
    const timer = setInterval(() => document.hidden || poll(), seconds * 1000);
    const onVisible = () => document.hidden || poll();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [poll, seconds, enabled]);
}

/** An action: `run` starts it, `busy` is true while it runs, `failure` is the error of the last run. */
export function useAction(action) {
  const [state, setState] = useState({ busy: false, failure: null });
  const run = async (...args) => {
    setState({ busy: true, failure: null });
    try {
      const result = await action(...args);
      setState({ busy: false, failure: null });
      return result;
    } catch (failure) {
      setState({ busy: false, failure });
      return undefined;
    }
  };
  return { ...state, run };
}
