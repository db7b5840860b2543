import { namesIn } from './offer.ts';

/** True for the origin of a website, like https://app.example.com, and for any. */
export function isFrameAncestor(text: string): boolean {
  return text === '*' || /^https?:\/\/(?:\*\.)?[a-z0-9.-]+(?::\d+)?$/i.test(text);
}

/**
 * Who may show a target's badges in a frame, as a header says it; any page, where the target's settings do not say. What
 * does not fit counts as not said, since it was checked when it was stored.
 */
export function frameAncestors(settings: Readonly<Record<string, unknown>>): string {
  const origins = namesIn(settings['badgeOrigins']).filter(isFrameAncestor);
  return origins.length > 0 ? origins.join(' ') : '*';
}
