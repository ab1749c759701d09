// Routing by the fragment of the URL, which is never sent to the server.
import { useEffect, useState } from "./html.js";
import { isGuarded, leaving, release } from "./leave.js";

function currentRoute() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { parts: path.split("/").filter(Boolean), query: new URLSearchParams(query) };
}

/** Numbers the current history entry, so that the distance to it is known when another is shown. */
const setPosition = (position) => history.replaceState({ position }, "");
/** The number of the current history entry. A new one has none yet. */
const getPosition = () => history.state?.position;

/** The current route. If leaving it is guarded, the user is asked first, and the history stays as it was. */
export function useRoute() {
  const [route, setRoute] = useState(currentRoute);
  useEffect(() => {
    let shown = getPosition() ?? 0;
    let isReturning = false;
    setPosition(shown);
    const changed = () => {
      if (isReturning) {
        isReturning = false;
        return;
      }
      const position = getPosition() ?? shown + 1;
      setPosition(position);
      const distance = position - shown;
      if (isGuarded() && distance !== 0) {
        isReturning = true;
        history.go(-distance);
        leaving(() => history.go(distance));
        return;
      }
      shown = position;
      setRoute(currentRoute());
    };
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}

export const link = (...parts) => `#/${parts.join("/")}`;

/** Leaves the view without a question. */
export function navigate(...parts) {
  release();
  location.hash = link(...parts);
}
