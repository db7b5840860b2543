// the file alone: the package's index loads the stores of twenty databases, which takes 140 ms
declare module 'rate-limiter-flexible/lib/RateLimiterPostgres.js' {
  export { RateLimiterPostgres as default } from 'rate-limiter-flexible';
}
