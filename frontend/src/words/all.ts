// Every room's words at once, for tests: in the product each screen brings its own.
import { learn, ROOMS, type Room } from "../words";
import { actWords } from "./acts";
import { aidWords } from "./aid";
import { coverWords } from "./cover";
import { crewWords } from "./crew";
import { deskWords } from "./desk";
import { logWords } from "./log";
import { loginWords } from "./login";
import { planWords } from "./plan";
import { plannerWords } from "./planner";
import { policyWords } from "./policy";
import { reachWords } from "./reach";
import { sitingWords } from "./siting";
import { wallWords } from "./wall";
import { whyWords } from "./why";

export const ALL_ROOMS: Readonly<Record<string, Room>> = {
  ...ROOMS,
  why: whyWords,
  log: logWords,
  wall: wallWords,
  desk: deskWords,
  acts: actWords,
  aid: aidWords,
  login: loginWords,
  crew: crewWords,
  plan: planWords,
  planner: plannerWords,
  siting: sitingWords,
  reach: reachWords,
  policy: policyWords,
  cover: coverWords,
};
learn(...Object.values(ALL_ROOMS));
