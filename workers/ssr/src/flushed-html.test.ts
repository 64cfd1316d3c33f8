import { expect, test } from 'vitest'
import { FlushedHtml } from './flushed-html.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

async function listOf(pieces: AsyncIterable<string>): Promise<string[]> {
  const list: string[] = []
  for await (const piece of pieces) list.push(piece)
  return list
}

test('what is written before a flush is one piece, wherever its bytes were parted', async () => {
  const html = new FlushedHtml()
  const euro = bytes('<p title="€">')
  html.write(euro.subarray(0, 11))
  html.write(euro.subarray(11))
  html.write('text</p>')
  html.flush()
  html.flush()
  html.write(bytes('<b>last</b></body></html>'))
  html.flush()
  html.end()
  expect(await listOf(html)).toEqual(['<p title="€">text</p>', '<b>last</b>'])
})

test('who writes is told to wait while a piece waits, and when there is room again', async () => {
  const html = new FlushedHtml()
  let drains = 0
  html.on('drain', () => (drains += 1))
  expect(html.write('<p>1</p>')).toBe(true)
  html.flush()
  expect([html.write('<p>2</p>'), html.write('<p>3</p>')]).toEqual([false, false])
  html.flush()
  const pieces = html[Symbol.asyncIterator]()
  expect([(await pieces.next()).value, drains]).toEqual(['<p>1</p>', 0])
  expect([(await pieces.next()).value, drains]).toEqual(['<p>2</p><p>3</p>', 1])
  expect(html.write('x'.repeat(100_000))).toBe(false)
})

test('an error comes after what was written before it, and who leaves closes it', async () => {
  const html = new FlushedHtml()
  let closes = 0
  html.on('close', () => (closes += 1))
  html.write('<p>1</p>')
  html.flush()
  html.destroy(new Error('no more'))
  const taken: string[] = []
  const all = async (): Promise<void> => {
    for await (const piece of html) taken.push(piece)
  }
  await expect(all()).rejects.toThrow('no more')
  expect([taken, closes, html.isLeft]).toEqual([['<p>1</p>'], 1, true])
  const left = new FlushedHtml()
  left.write('<p>1</p>')
  left.flush()
  for await (const piece of left) {
    expect(piece).toBe('<p>1</p>')
    break
  }
  expect(left.isLeft).toBe(true)
})
