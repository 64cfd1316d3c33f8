import { describe, expect, test } from 'vitest'
import { LineSplitter } from './line-splitter.ts'

describe('LineSplitter', () => {
  test('a character split across chunks arrives whole', () => {
    const bytes = new TextEncoder().encode('{"a":"é漢😀"}\n{"b":1}\n')
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const splitter = new LineSplitter(100)
      const lines = [
        ...splitter.push(bytes.subarray(0, cut)),
        ...splitter.push(bytes.subarray(cut)),
      ]
      expect(lines).toEqual(['{"a":"é漢😀"}', '{"b":1}'])
    }
  })

  test('only 0x0A ends a line', () => {
    const text = 'a\u2028b\u2029c\rd\u0085e'
    expect(new LineSplitter(100).push(new TextEncoder().encode(`${text}\n`))).toEqual([text])
  })

  test('a line may have exactly as many bytes as the cap, over any number of chunks', () => {
    const splitter = new LineSplitter(6)
    expect(splitter.push(Buffer.from('abc'))).toEqual([])
    expect(splitter.push(Buffer.from('def\n'))).toEqual(['abcdef'])
    expect(() => splitter.push(Buffer.from('abcdefg'))).toThrow('longer than 6 bytes')
  })

  test('bytes that are not UTF-8 are refused', () => {
    expect(() => new LineSplitter(10).push(Uint8Array.of(0xff, 0x0a))).toThrow(TypeError)
  })
})
