/** Prints the registry that a compiled project boots to, and what its functions answer, as one line of JSON. */

const [project, registryModule] = process.argv.slice(2)
const { functions } = await import(project)
const { createRegistry } = await import(registryModule)
const { createApp } = await import('@mizan/server')

const registry = createRegistry(functions)
const entries = [...registry.entries.values()].map(({ name, facts, source, options, mutates }) => ({
  name,
  facts,
  mutates,
  member: source.length === 2 ? `${source[0].name}.${source[1]}` : 'function',
  options: Object.keys(options).sort(),
}))

const app = createApp({ functions, logger: { info() {}, warn() {}, error() {} } })
const answers = []
for (const [fn, args] of [
  ['echo', { text: 'a' }],
  ['rename_task', { task_id: 1 }],
  ['rename_task', { task_id: 2, title: 'b' }],
  ['rename_task', { task_id: -1 }],
  ['rename_task', { task_id: 'one' }],
  ['ping', {}],
  ['between', { from: '2020-01-01T00:00:00Z' }],
]) {
  const body = new TextEncoder().encode(JSON.stringify({ fn, args }))
  answers.push(await answer('POST', '/api/mizan/call/', '', body))
}
answers.push(await answer('GET', '/api/mizan/ctx/task/', 'task_id=7', undefined))
answers.push(await answer('GET', '/api/mizan/ctx/global/', '', undefined))
await app.close()
process.stdout.write(JSON.stringify({ convention: globalThis.convention, entries, answers }))

async function answer(method, path, query, body) {
  const response = await app.handle({
    method,
    path,
    query,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? null : [body],
    signal: new AbortController().signal,
  })
  return `${response.status} ${response.body}`
}
