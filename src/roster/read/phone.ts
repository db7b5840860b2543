import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** A telephone number as E.164, with `;ext=` where it has an extension; null when it cannot be one. */
export function phoneOf(text: string, country: string | undefined): string | null {
  // the profile has been checked: it names a country that the library knows
  const number = parsePhoneNumberFromString(text, country as CountryCode | undefined);
  if (!number?.isPossible()) return null;
  return number.ext ? `${number.number};ext=${number.ext}` : number.number;
}
