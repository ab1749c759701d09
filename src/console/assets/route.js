// Which view is shown: the part of the address after `#`, which never reaches the server.
import { useEffect, useState } from "./html.js";

function current() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { parts: path.split("/").filter(Boolean), query: new URLSearchParams(query) };
}

export function useRoute() {
  const [route, setRoute] = useState(current);
  useEffect(() => {
    const changed = () => setRoute(current());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}

export const link = (...parts) => `#/${parts.join("/")}`;

export function go(...parts) {
  location.hash = link(...parts);
}
