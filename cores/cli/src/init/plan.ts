/** What `mizan init` would write into a project, by what it finds there. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClientTarget } from '../config.ts'
import { ProjectFailure } from '../failure.ts'
import { tsconfigHints } from './tsconfig-hints.ts'

/** Files, and what only a person can do. */
export interface InitPlan {
  /** Texts by path, relative to the project. */
  readonly files: Readonly<Record<string, string>>
  /** What in the project does not fit yet. */
  readonly hints: readonly string[]
  /** Commands to run, in order. */
  readonly next: readonly string[]
}

/** The server packages that Mizan mounts in, by the package that a project has. */
const backends: readonly (readonly [string, string])[] = [
  ['express', '@mizan/express'],
  ['fastify', '@mizan/fastify'],
  ['hono', '@mizan/hono'],
]

const libraries: readonly ClientTarget[] = ['react', 'vue', 'svelte']

/** @throws ProjectFailure where there is no project to begin in. */
export function planInit(folder: string): InitPlan {
  const manifest = readManifest(folder)
  const packages = new Set(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }))
  const targets = libraries.filter((library) => packages.has(library))
  const mounts = backends.find(([name]) => packages.has(name))?.[1]
  const backend = mounts ?? '@mizan/node'
  const runtime = [
    '@mizan/server',
    backend,
    '@mizan/base',
    ...targets.map((name) => `@mizan/${name}`),
  ]
  const tools = ['@mizan/cli', 'tsx', 'typescript']
  const missing = (names: readonly string[]): string[] =>
    names.filter((name) => !packages.has(name))
  return {
    files: {
      'mizan.config.ts': configText(targets),
      'src/server/greeting.ts': greetingText,
      ...(mounts ? {} : { [serverFile]: serverText }),
      ...(existsSync(join(folder, 'tsconfig.json')) ? {} : { 'tsconfig.json': tsconfigText }),
    },
    hints: [...manifestHints(manifest), ...tsconfigHints(folder), ...gitHints(folder)],
    next: [
      ...installLine('npm install', missing(runtime)),
      ...installLine('npm install --save-dev', missing(tools)),
      'npx mizan generate',
      ...(mounts ? [`mount it in your server as the README of ${mounts} says`] : []),
      `npx mizan dev -- npx tsx ${mounts ? '<your server>' : serverFile}`,
    ],
  }
}

function readManifest(folder: string): Manifest {
  const path = join(folder, 'package.json')
  if (!existsSync(path))
    throw new ProjectFailure(
      `there is no package.json in ${folder}; run npm init first, or go to the project's folder`,
    )
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest // cast: only read where it is an object of objects
  } catch (error) {
    throw new ProjectFailure(`${path} is not valid JSON`, { cause: error })
  }
}

interface Manifest {
  readonly type?: string
  readonly dependencies?: object
  readonly devDependencies?: object
}

function installLine(command: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${command} ${names.join(' ')}`]
}

function manifestHints({ type }: Manifest): string[] {
  return type === 'module'
    ? []
    : ['package.json: set "type": "module", since Mizan is made of ES modules']
}

function gitHints(folder: string): string[] {
  const path = join(folder, '.gitignore')
  if (!existsSync(join(folder, '.git'))) return []
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return /^\/?\.mizan\/?$/m.test(text)
    ? []
    : ['.gitignore: add .mizan/, where databases and caches of development are kept']
}

function configText(targets: readonly ClientTarget[]): string {
  return `import { defineConfig } from '@mizan/cli'

export default defineConfig({
  functions: ['src/server/**/*.ts'],
  out: 'mizan',
  targets: [${targets.map((target) => `'${target}'`).join(', ')}],
})
`
}

const serverFile = 'src/main.ts'

const serverText = `import { createServer } from 'node:http'
import { mizan } from '@mizan/node'
import { createApp } from '@mizan/server'
import { functions } from '../mizan/server.gen.ts'

const app = createApp({ functions })
createServer(mizan(app)).listen(3000)
`

const greetingText = `import { client, defineContext } from '@mizan/server'

/** What a page loads together, by the name of who is greeted. */
export const GreetingContext = defineContext('greeting')

const greetings = new Map<string, string>()

/** How somebody is greeted. */
export const greeting = client(
  { context: GreetingContext },
  (name: string): string => greetings.get(name) ?? \`Hello, \${name}!\`,
)

/** Changes how somebody is greeted; pages that show it follow. */
export const changeGreeting = client(
  { affects: GreetingContext },
  (name: string, text: string): void => {
    greetings.set(name, text)
  },
)
`

const tsconfigText = `{
  "compilerOptions": {
    "target": "es2023",
    "lib": ["es2023", "dom", "dom.iterable"],
    "module": "nodenext",
    "jsx": "react-jsx",
    "strict": true,
    "noEmit": true,
    "skipLibCheck": true,
    "experimentalDecorators": true,
    "allowImportingTsExtensions": true,
    "verbatimModuleSyntax": true
  },
  "include": ["src", "mizan", "mizan.config.ts"]
}
`
