import { setTimeout as sleep } from 'node:timers/promises';

export type Mail = { readonly subject: string; readonly html: string; readonly to: readonly { address: string }[] };

/** The mails that were sent to this address; waits a little for the first, since mail comes after the answer. */
export async function mailsTo(mailUrl: string, address: string): Promise<Mail[]> {
  for (let tries = 0; tries < 50; tries += 1) {
    const all = (await (await fetch(`${mailUrl}/email`)).json()) as Mail[];
    const mails = all.filter((mail) => mail.to.some((to) => to.address.toLowerCase() === address.toLowerCase()));
    if (mails.length > 0) return mails;
    await sleep(100);
  }
  return [];
}
