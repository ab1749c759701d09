// What the server says of itself and of the API, for whatever view needs it.
import { createContext, useContext } from "./html.js";

export const Facts = createContext(null);
export const useFacts = () => useContext(Facts);
