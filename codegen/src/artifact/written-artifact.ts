/** The artifact in pieces: each entry is put into text once, and an edit only joins what is there. */

import { type Artifact, canonicalJson } from '@mizan/protocol'
import type { JoinedText } from '../ir/joined-text.ts'

/** One function, context, channel or type: its name and what is written under it. */
export interface ArtifactEntry {
  readonly name: string
  readonly value: unknown
  /** `"name":{…}`, on one line. */
  readonly json: string
  /** The same, indented as it stands in the file for tools. */
  readonly pretty: string
  /** The same of what the digest is about, canonical. */
  readonly said: string
}

/** Sorted by name. */
export type ArtifactSection = readonly ArtifactEntry[]

export type ArtifactSections = Readonly<
  Record<'$defs' | 'channels' | 'contexts' | 'functions', ArtifactSection>
>

/** An artifact and its pieces. */
export interface WrittenArtifact {
  readonly artifact: Artifact
  readonly sections: ArtifactSections
}

/** Through the canonical text: keys are sorted, absent ones are gone, and nothing else can slip in. */
export function toEntry<Content>(
  name: string,
  content: Content,
  bare: (content: Content) => unknown,
): ArtifactEntry {
  const value = JSON.parse(canonicalJson(content)) as Content // cast: what was just written
  const key = JSON.stringify(name)
  return {
    name,
    value,
    json: `${key}:${JSON.stringify(value)}`,
    pretty: `    ${key}: ${JSON.stringify(value, null, 2).replaceAll('\n', '\n    ')}`,
    said: `${key}:${canonicalJson(bare(content))}`,
  }
}

/** What the whole is made of, besides its entries. */
export interface JoinSectionsOptions {
  readonly digest?: string
  /** What is kept of the whole. */
  readonly kept: JoinedText
  textOf(entry: ArtifactEntry): string
}

/** The whole on one line, of one text of each entry. */
export function joinSections(
  sections: ArtifactSections,
  { digest, kept, textOf }: JoinSectionsOptions,
): string {
  const joined = (name: keyof ArtifactSections): string =>
    `"${name}":{${kept.join(name, sections[name].map(textOf), ',')}}`
  return [
    `{${joined('$defs')}`,
    ...(sections.channels.length === 0 ? [] : [joined('channels')]),
    joined('contexts'),
    ...(digest === undefined ? [] : [`"digest":${JSON.stringify(digest)}`]),
    joined('functions'),
    '"version":1}',
  ].join(',')
}

/** `artifact.gen.json` */
export function prettyArtifact({ artifact, sections }: WrittenArtifact, kept: JoinedText): string {
  const pretty = (name: keyof ArtifactSections): string => {
    const texts = sections[name].map((entry) => entry.pretty)
    return `  "${name}": ${texts.length === 0 ? '{}' : `{\n${kept.join(name, texts, ',\n')}\n  }`}`
  }
  return [
    `{\n${pretty('$defs')}`,
    ...(sections.channels.length === 0 ? [] : [pretty('channels')]),
    pretty('contexts'),
    `  "digest": ${JSON.stringify(artifact.digest)}`,
    pretty('functions'),
    '  "version": 1\n}\n',
  ].join(',\n')
}
