import { expect, test } from 'vitest';
import { droppedPath } from '../../src/cli/guide/dropped-path.ts';
import { errorFileBeside } from '../../src/cli/roster-file.ts';

test.for([
  ['/home/ada/staff.csv', '/home/ada/staff.csv'],
  ['  /home/ada/staff.csv ', '/home/ada/staff.csv'],
  ["'/home/ada/my staff.csv' ", '/home/ada/my staff.csv'],
  ["'/home/ada/ada'\\''s staff.csv'", "/home/ada/ada's staff.csv"],
  ['"/home/ada/my staff.csv"', '/home/ada/my staff.csv'],
  ['/home/ada/my\\ staff\\ \\(2\\).csv', '/home/ada/my staff (2).csv'],
  ['file:///home/ada/my%20staff.csv', '/home/ada/my staff.csv'],
  ['file://%', 'file://%'],
  ['', ''],
])('a file that was dropped as %s is %s', ([typed = '', path]) => {
  expect(droppedPath(typed, false)).toBe(path);
});

test.for([
  ['C:\\Users\\ada\\staff.csv', 'C:\\Users\\ada\\staff.csv'],
  ['"C:\\Users\\ada\\my staff.csv"', 'C:\\Users\\ada\\my staff.csv'],
  ["& 'C:\\Users\\ada\\my staff.csv'", 'C:\\Users\\ada\\my staff.csv'],
  ['file:///C:/Users/ada/my%20staff.csv', 'C:\\Users\\ada\\my staff.csv'],
])('on Windows, %s is %s', ([typed = '', path]) => {
  expect(droppedPath(typed, true)).toBe(path);
});

test.for([
  ['staff.csv', 'staff.errors.csv'],
  ['staff.csv.gz', 'staff.errors.csv'],
  ['staff.xml', 'staff.errors.xml'],
  ['staff.2026.txt', 'staff.2026.errors.csv'],
  ['staff', 'staff.errors.csv'],
  ['staff.errors.csv', 'staff.errors-2.csv'],
  ['staff.errors-2.csv', 'staff.errors-3.csv'],
  ['in/staff.errors.xml', 'in/staff.errors-2.xml'],
])('the error file of %s is %s, and never the file itself', ([path = '', beside]) => {
  expect(errorFileBeside(path)).toBe(beside);
});
