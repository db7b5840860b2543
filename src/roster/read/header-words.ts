import type { Attribute } from '../attribute.ts';
import { foldHeader } from './headers.ts';

/** How HR systems name their columns in English and German; the words that are surest come first. */
const HEADERS: Record<Exclude<Attribute, 'externalId'>, readonly string[]> = {
  // first, because "Position" is mostly a title: the same word further down counts
  position: ['position id', 'Planstelle', 'Planstellennummer'],
  employeeNumber: [
    ...['employee number', 'employee no', 'employee id', 'personnel number', 'staff number', 'staff id', 'worker id'],
    ...['Personalnummer', 'Personal-Nr.', 'Pers.Nr.', 'PNR', 'Mitarbeiternummer', 'Mitarbeiter-Nr.', 'Mitarbeiter-ID'],
    ...['Stammnummer', 'id'],
  ],
  userName: ['user name', 'login', 'account', 'Benutzername', 'Anmeldename', 'Benutzerkennung', 'Kennung'],
  email: [
    ...['email', 'work email', 'business email', 'company email', 'email address', 'mail', 'E-Mail geschäftlich'],
    ...['E-Mail dienstlich', 'E-Mail-Adresse', 'E-Mail-Adresse geschäftlich', 'Dienstliche E-Mail', 'Firmen-E-Mail'],
  ],
  givenName: ['given name', 'first name', 'forename', 'Vorname', 'Rufname'],
  familyName: ['family name', 'last name', 'surname', 'Nachname', 'Name', 'Familienname', 'Zuname'],
  displayName: ['display name', 'full name', 'Anzeigename', 'Vollständiger Name', 'Name Vorname'],
  title: [
    'title',
    'position',
    'job title',
    'function',
    'role',
    'Funktion',
    'Stellenbezeichnung',
    'Berufsbezeichnung',
    'Tätigkeit',
    'Stelle',
  ],
  department: ['department', 'department id', 'dept', 'Abteilung', 'Abteilungsnummer', 'Abt.', 'Bereich'],
  costCenter: ['cost center', 'cost centre', 'Kostenstelle', 'KST', 'Kostenstellennummer'],
  organization: [
    'organization',
    'organisation',
    'company',
    'legal entity',
    'Firma',
    'Gesellschaft',
    'Unternehmen',
    'Buchungskreis',
  ],
  division: ['division', 'business unit', 'Sparte', 'Geschäftsbereich'],
  manager: [
    ...[
      'manager',
      'manager email',
      'manager id',
      'supervisor',
      'line manager',
      'reports to',
      'Vorgesetzter',
      'Vorgesetzte',
    ],
    ...['Führungskraft', 'Vorgesetzter Personalnummer', 'Leiter', 'Teamleiter'],
  ],
  phone: [
    'phone',
    'work phone',
    'telephone',
    'business phone',
    'phone number',
    'Telefon',
    'Telefon geschäftlich',
    'Telefonnummer',
    'Durchwahl',
  ],
  mobile: [
    'mobile',
    'mobile phone',
    'cell',
    'cell phone',
    'mobile number',
    'Mobil',
    'Handy',
    'Mobiltelefon',
    'Handynummer',
    'Mobilnummer',
  ],
  language: ['language', 'preferred language', 'locale', 'Sprache', 'Korrespondenzsprache'],
  startDate: [
    'start date',
    'hire date',
    'date of joining',
    'entry date',
    'Eintrittsdatum',
    'Eintritt',
    'Einstellungsdatum',
  ],
  endDate: [
    'end date',
    'termination date',
    'leaving date',
    'last day',
    'exit date',
    'Austrittsdatum',
    'Austritt',
    'Vertragsende',
  ],
  birthday: ['birthday', 'date of birth', 'birth date', 'dob', 'Geburtsdatum', 'Geburtstag'],
  active: ['active', 'is active', 'status', 'employment status', 'Aktiv', 'Beschäftigungsstatus'],
  location: [
    'location',
    'site',
    'office',
    'city',
    'branch',
    'Standort',
    'Ort',
    'Niederlassung',
    'Filiale',
    'Arbeitsort',
  ],
  groups: ['groups', 'group', 'teams', 'Gruppen', 'Gruppe', 'Teams'],
};

/** Folded words to the attribute they stand for. */
export const ATTRIBUTE_OF: ReadonlyMap<string, Attribute> = new Map(
  Object.entries(HEADERS).flatMap(([attribute, words]) =>
    // the keys of HEADERS are attributes
    [attribute, ...words].map((word) => [foldHeader(word), attribute as Attribute] as const),
  ),
);

/** The attribute whose word is the longest that a header begins or ends with; null when there is none. */
export function likeliest(header: string): Attribute | null {
  const folded = foldHeader(header);
  let best = '';
  for (const word of ATTRIBUTE_OF.keys()) {
    if (word.length < 5 || word.length <= best.length) continue;
    if (folded.startsWith(word) || folded.endsWith(word)) best = word;
  }
  return ATTRIBUTE_OF.get(best) ?? null;
}
