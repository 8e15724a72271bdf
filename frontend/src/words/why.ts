// Reasons of the optimizer and the road graph, by code.
import { room } from "./room";

export const whyWords = room(
  {
    "why.nearest": "同类最近",
  },
  {
    "why.nearest": "Nearest of its kind",
  },
);
