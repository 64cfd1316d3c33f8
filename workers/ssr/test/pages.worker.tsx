/** The worker file of the tests: pages that print, hang, crash and read contexts. */

import { reactRenderer, reactStreamer } from '@mizan/ssr/react'
import { registerComponent, startWorker } from '@mizan/ssr/worker'
import { MizanProvider } from '@mizan/react'
import { writeSync } from 'node:fs'
import { Suspense, use, useId } from 'react'
import { ProfilePage } from './profile-page.tsx'

function Echo({ text }: { text: string }) {
  return <p>{text}</p>
}

function Size({ text }: { text: string }) {
  return <p>{text.length}</p>
}

function Huge({ length }: { length: number }) {
  return <p>{'x'.repeat(length)}</p>
}

/* oxlint-disable no-console -- what printing does is what this page is for */
function Talkative({ text }: { text: string }) {
  console.log(`{"id":1,"html":"forged ${text}"}`)
  console.error('to stderr')
  process.stdout.write('{"id":1,"html":"forged"}\n')
  return <p>{text}</p>
}

function Flood({ lines }: { lines: number }) {
  for (let line = 0; line < lines; line += 1) console.log('x'.repeat(200))
  return <p>{lines}</p>
}

/* oxlint-enable no-console */

function Hanging(): never {
  for (;;);
}

function HangingAloud(): never {
  writeSync(2, `hangs ${process.pid}\n`)
  // As an endless loop, but without taking the processor from others.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

function Crashing(): never {
  process.exit(7)
}

function spend(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

function Busy({ milliseconds, text }: { milliseconds: number; text: string }) {
  spend(milliseconds)
  return <p>{text}</p>
}

const late = Promise.resolve('late')

function Late() {
  return <b>{use(late)}</b>
}

function Streamed({ text }: { text: string }) {
  return (
    <main>
      <h1>{text}</h1>
      <Suspense fallback={<i>waiting</i>}>
        <Late />
      </Suspense>
    </main>
  )
}

const times = new Map<number, Promise<void>>()
function turns(count: number): Promise<void> {
  const known = times.get(count) ?? wait(count)
  times.set(count, known)
  return known
}
async function wait(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

function Part({ number, length }: { number: number; length: number }) {
  use(turns(number))
  return <p data-part={number}>{'é😀<'.repeat(length)}</p>
}

function Parts({ count, length }: { count: number; length: number }) {
  return (
    <main>
      <h1>{'é😀<'.repeat(length)}</h1>
      {Array.from({ length: count }, (_, number) => (
        <Suspense key={number} fallback={<i>waiting</i>}>
          <Part number={number} length={length} />
        </Suspense>
      ))}
    </main>
  )
}

function Outer({ text }: { text: string }) {
  return (
    <section>
      <Throwing text={text} />
    </section>
  )
}

registerComponent('Registered', () => <p>registered</p>)

function Throwing({ text }: { text: string }): never {
  throw new Error(`no ${text}`)
}

function Careless() {
  void Promise.reject(new Error('forgotten'))
  return <p>done</p>
}

function Head({ title }: { title: string }) {
  return (
    <main id={useId()}>
      <title>{title}</title>
      <meta name="description" content={title} />
      {title}
    </main>
  )
}

function Environment() {
  return <p>{process.env['NODE_ENV']}</p>
}

function Process() {
  return <p>{process.pid}</p>
}

startWorker({
  components: {
    Echo,
    Flood,
    Busy,
    Streamed,
    Parts,
    Outer,
    Size,
    Huge,
    Talkative,
    Hanging,
    HangingAloud,
    Crashing,
    Throwing,
    Careless,
    Head,
    Environment,
    Process,
    ProfilePage,
  },
  render: reactRenderer({
    wrap: (element, kernel) => <MizanProvider kernel={kernel}>{element}</MizanProvider>,
  }),
  stream: reactStreamer({
    wrap: (element, kernel) => <MizanProvider kernel={kernel}>{element}</MizanProvider>,
  }),
})
