// Routing by the fragment of the URL, which is never sent to the server.
import { useEffect, useState } from "./html.js";

function currentRoute() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { parts: path.split("/").filter(Boolean), query: new URLSearchParams(query) };
}

export function useRoute() {
  const [route, setRoute] = useState(currentRoute);
  useEffect(() => {
    const changed = () => setRoute(currentRoute());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}

export const link = (...parts) => `#/${parts.join("/")}`;

export function navigate(...parts) {
  location.hash = link(...parts);
}
