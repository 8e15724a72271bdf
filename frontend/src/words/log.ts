// Lines of an incident's log, by code.
import { room } from "./room";

export const logWords = room(
  {
    "entry.note": "{text}",
  },
  {
    "entry.note": "{text}",
  },
);
