#!/usr/bin/env node
// The mizan command: what was built where it is installed, the sources in a checkout, where dist may be missing or old.
import { existsSync } from 'node:fs'
import module from 'node:module'

// The compiler is nine megabytes of JavaScript, which need to be compiled once a machine. Node 20 has no such cache.
module.enableCompileCache?.()

const built = new URL('../dist/main.js', import.meta.url)
const isInstalled = import.meta.url.includes('/node_modules/')
const wantsSource = import.meta.resolve('@mizan/cli').endsWith('/src/index.ts')

if (isInstalled && !wantsSource && existsSync(built)) {
  const { main } = await import(built.href)
  process.exitCode = await main(process.argv.slice(2))
} else {
  module.register('./source-condition.js', import.meta.url)
  const tsx = await import('tsx/esm/api')
  tsx.register()
  const { main } = await import('../src/main.ts')
  process.exitCode = await main(process.argv.slice(2))
}

// Whoever pressed Ctrl-C twice does not wait for a statement that runs.
if (process.exitCode === 130) process.exit()
