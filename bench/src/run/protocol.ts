import type { Role } from '../systems/system.ts';
import type { Participant } from './participant.ts';

type Method = {
  [K in keyof Participant]: Participant[K] extends (...args: never[]) => Promise<unknown> ? K : never;
}[keyof Participant];

/** What a process of a system can be asked. */
export type Asked = Exclude<Method, undefined>;

export interface Opening {
  readonly role: Role;
}

export interface Question {
  readonly id: number;
  readonly method: 'loaded' | 'open' | Asked;
  readonly args: readonly unknown[];
}

export type Message =
  | { readonly kind: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: string }
  | { readonly kind: 'ran'; readonly ran: number };
