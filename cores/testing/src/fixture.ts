/** The application that the conformance suite talks to, for servers that mount it in a test. */

export { people } from './fixture/accounts.ts'
export { createFixtureApp } from './fixture/create-fixture-app.ts'
export { functions } from './fixture/mizan/server.gen.ts'
