import { fileURLToPath } from 'node:url';
import { Router } from 'express';

const OWN = new URL('assets/', import.meta.url);
const HOUR_MS = 3_600_000;

/** Scripts and styles of the pages: our own, and those of the libraries that they use, as their packages carry them. */
export function assets(): Router {
  const router = Router();
  const options = { maxAge: HOUR_MS, index: false, redirect: false } as const;
  const headers = { 'X-Content-Type-Options': 'nosniff' };
  const files: Readonly<Record<string, string>> = {
    'htmx.js': fileURLToPath(import.meta.resolve('htmx.org/dist/htmx.min.js')),
    'uplot.js': fileURLToPath(import.meta.resolve('uplot/dist/uPlot.iife.min.js')),
    'uplot.css': fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css')),
    'console.js': fileURLToPath(new URL('console.js', OWN)),
    'upload.js': fileURLToPath(new URL('upload.js', OWN)),
    'chart.js': fileURLToPath(new URL('chart.js', OWN)),
    'console.css': fileURLToPath(new URL('console.css', OWN)),
    'sign-in.css': fileURLToPath(new URL('sign-in.css', OWN)),
  };
  router.get('/:file', (req, res, next) => {
    const { file } = req.params;
    const path = Object.hasOwn(files, file) ? files[file] : undefined;
    if (path === undefined) return next();
    res.sendFile(path, { ...options, headers });
  });
  router.use((_req, res) => {
    res.status(404).end();
  });
  return router;
}
