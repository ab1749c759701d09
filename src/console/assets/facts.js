// Facts about the API and the server, provided to all views.
import { createContext, useContext } from "./html.js";

export const Facts = createContext(null);
export const useFacts = () => useContext(Facts);
