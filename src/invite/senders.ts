import type { Handed } from '../mail/handed.ts';
import type { MailSender } from '../mail/mail.ts';

export type ShortMessage = { readonly id: string; readonly to: string; readonly text: string };

/** The ways out that are set up; null: this one is not. */
export type Senders = {
  readonly email: MailSender | null;
  readonly sms: ((message: ShortMessage) => Promise<Handed>) | null;
};
