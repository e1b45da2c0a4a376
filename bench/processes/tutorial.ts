import type { AddressInfo } from 'node:net';
import { plivoSender, sendToAll, type SendBatch, type TutorialAccount } from '../baseline/tutorialSender';
import { createTutorialApp } from '../baseline/tutorialServer';
import { serve } from '../stage/actorSide';
import { distinctPeople } from '../stage/people';

/** The tutorial's program, its two halves measured apart: it accepts without sending, and sends without validating. */
const methods = {
  /** Returns the address of a server that accepts and sends to nobody. */
  listen: (): Promise<string> =>
    new Promise((resolve, reject) => {
      const server = createTutorialApp(() => Promise.resolve()).listen(0, '127.0.0.1', (error) => {
        if (error !== undefined) reject(error);
        else resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      });
    }),
  login(account: TutorialAccount): void {
    sender = plivoSender(account);
  },
  /** Sends to so many people; returns how many milliseconds it took. */
  async send(size: number): Promise<number> {
    const people = distinctPeople(size);
    const began = performance.now();
    await sendToAll(sender, 'Doors open at 9. See you there!', people);
    return performance.now() - began;
  },
};
export type TutorialProcess = typeof methods;

let sender: SendBatch = () => Promise.reject(new Error('There is no account.'));

serve(methods);
