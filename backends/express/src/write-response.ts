/** Express answers are node:http answers: what middleware set with `res.set()` before stays. */

export { writeResponse } from '@mizan/node'
