/** One invented person of the played company. */
export type Colleague = {
  readonly externalId: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly displayName: string;
  readonly language: string;
  readonly department: string;
  readonly title: string;
  readonly number: number;
};

/** Everything that the played day makes carries this, so that it can be told from what is yours. */
export const MARK = 'played-day-';

/** The departments, each with the titles of its head and of everybody else. */
export const DEPARTMENTS = [
  { name: 'Engineering', head: 'Head of Engineering', title: 'Engineer' },
  { name: 'Research', head: 'Head of Research', title: 'Analyst' },
  { name: 'Sales', head: 'Head of Sales', title: 'Account Manager' },
  { name: 'Finance', head: 'Head of Finance', title: 'Accountant' },
  { name: 'People', head: 'Head of People', title: 'Recruiter' },
] as const;

/** A group across the departments, which people join and leave during the day. */
export const PROJECT = 'Project Aurora';

// given name, family name, mailbox, language (RFC 7643 §8 names Barbara Jensen)
const NAMES = [
  ['Barbara', 'Jensen', 'bjensen', 'en-US'],
  ['Mateo', 'Fuentes', 'mateo.fuentes', 'es'],
  ['美咲', '中村', 'misaki.nakamura', 'ja'],
  ['Ольга', 'Смирнова', 'olga.smirnova', 'ru'],
  ['Łukasz', 'Wójcik', 'lukasz.wojcik', 'pl'],
  ['Νίκος', 'Παπαδάκης', 'nikos.papadakis', 'el'],
  ['Zoë', 'Okafor', 'zoe.okafor', 'en-GB'],
  ['伟', '张', 'wei.zhang', 'zh-CN'],
  ['Amélie', 'Rousseau', 'amelie.rousseau', 'fr'],
  ['דניאל', 'לוי', 'daniel.levi', 'he'],
  ['يوسف', 'حداد', 'youssef.haddad', 'ar'],
  ['민준', '김', 'minjun.kim', 'ko'],
  ['Siobhán', 'O’Connor', 'siobhan.oconnor', 'ga'],
  ['สมชาย', 'ใจดี', 'somchai.jaidee', 'th'],
  ['Jürgen', 'Groß', 'juergen.gross', 'de'],
  ['प्रिया', 'शर्मा', 'priya.sharma', 'hi'],
  ['Hương', 'Nguyễn Thị', 'huong.nguyen', 'vi'],
  ['Çağla', 'Yıldız', 'cagla.yildiz', 'tr'],
  ['Jiří', 'Dvořák', 'jiri.dvorak', 'cs'],
  ['Inês', 'Almeida', 'ines.almeida', 'pt'],
  ['Kwame', 'Mensah', 'kwame.mensah', 'en-GH'],
  ['Ingibjörg', 'Jónsdóttir', 'ingibjorg.jonsdottir', 'is'],
  ['თამარ', 'ბერიძე', 'tamar.beridze', 'ka'],
  ['Андрій', 'Коваленко', 'andrii.kovalenko', 'uk'],
  ['Freja', 'Lindqvist', 'freja.lindqvist', 'sv'],
] as const;
const FAMILY_NAME_FIRST = new Set(['ja', 'zh-CN', 'ko', 'vi']);

/** The first so many people of the company, the same ones each day; the first of a department is its head. */
export function companyOf(count: number): Colleague[] {
  return Array.from({ length: count }, (_, index) => colleague(index));
}

function colleague(index: number): Colleague {
  const round = Math.floor(index / NAMES.length) + 1;
  // both lists are cycled through, so neither look-up misses
  const [givenName, name, mailbox, language] = NAMES[index % NAMES.length] as (typeof NAMES)[number];
  const department = DEPARTMENTS[index % DEPARTMENTS.length] as (typeof DEPARTMENTS)[number];
  const familyName = round === 1 ? name : `${name} ${round}`;
  const names = FAMILY_NAME_FIRST.has(language) ? [familyName, givenName] : [givenName, familyName];
  return {
    externalId: `${MARK}${index + 1}`,
    email: `${mailbox}${round === 1 ? '' : round}@example.com`,
    givenName,
    familyName,
    displayName: names.join(' '),
    language,
    department: department.name,
    title: index < DEPARTMENTS.length ? department.head : department.title,
    number: index + 1,
  };
}
