// The focus after an action that removes the element that had it.
import { useEffect, useRef, useState } from "../html.js";

/** Returns a reference to the element that gets the focus, and a function that moves it there after the next update. */
export function useFocusReturn() {
  const target = useRef();
  const [times, setTimes] = useState(0);
  useEffect(() => {
    if (times > 0) target.current?.focus();
  }, [times]);
  return [target, () => setTimes((times) => times + 1)];
}
