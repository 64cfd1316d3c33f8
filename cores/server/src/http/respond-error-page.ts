/** What a person sees of an error, whose browser has asked for a page. */

import { createHash } from 'node:crypto'
import {
  errorTable,
  type MizanError,
  type ProtocolRequest,
  type ProtocolResponse,
  type ValidationIssue,
} from '@mizan/protocol'
import { wantsPage } from '../forms/page-of-form.ts'
import type { Header } from './respond.ts'

/**
 * Makes the page of an error, as HTML. `code`, `status`, `message` and `id` may be shown to everybody; `cause` is what was thrown, and
 * is for the log.
 */
export type ErrorPage = (error: MizanError) => string

/** Whether a browser wants to show the answer: what a script asks for says otherwise. */
export function isNavigation(request: ProtocolRequest): boolean {
  const { method } = request
  return (method === 'GET' || method === 'HEAD') && wantsPage(request)
}

/** The error as a page: the app's own, or a plain one, which loads nothing. */
export function respondErrorPage(
  error: MizanError,
  headers: readonly Header[],
  errorPage?: ErrorPage,
): ProtocolResponse {
  const own = errorPage && attempt(errorPage, error)
  return {
    status: error.status,
    headers: [
      ['content-type', 'text/html; charset=utf-8'],
      ['cache-control', 'no-store'],
      ...(own === undefined ? [['content-security-policy', policy] as const] : []),
      ['x-content-type-options', 'nosniff'],
      ...headers,
    ],
    body: own ?? plainPage(error),
  }
}

/** A page that cannot be made must not hide the error that it is of. */
function attempt(errorPage: ErrorPage, error: MizanError): string | undefined {
  try {
    return errorPage(error)
  } catch {
    return undefined
  }
}

const style =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}pre{overflow:auto}'
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`

function plainPage(error: MizanError): string {
  const { status, code, message, id } = error
  const issues = issuesOf(error).map((issue) => `<li>${escapeHtml(issue)}</li>`)
  const retry = new Map(Object.entries(errorTable)).get(code)?.retryable === true
  const stack = stackOf(error)
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${status} ${escapeHtml(code)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escapeHtml(message)}</h1>`,
    issues.length === 0 ? '' : `<ul>${issues.join('')}</ul>`,
    retry ? '<p><a href="">Try again</a></p>' : '',
    id === undefined
      ? ''
      : `<p>It is in the log of the server as <code>${escapeHtml(id)}</code>.</p>`,
    stack === undefined ? '' : `<pre>${escapeHtml(stack)}</pre>`,
    '</main>',
    '</body>',
    '</html>',
    '',
  ]
    .filter((line, index, lines) => line !== '' || index === lines.length - 1)
    .join('\n')
}

/** Only a render worker that runs for development says in which components something was thrown: then, where is shown. */
function stackOf({ cause }: MizanError): string | undefined {
  if (!(cause instanceof Error) || !('componentStack' in cause)) return undefined
  const { stack = cause.message, componentStack } = cause
  return typeof componentStack === 'string' ? `${stack}\n\n${componentStack}` : undefined
}

function issuesOf({ code, details }: MizanError): readonly string[] {
  if (code !== 'VALIDATION_FAILED' || !Array.isArray(details)) return []
  // cast: what this code carries
  return (details as readonly ValidationIssue[]).map(({ path, message }) => `${path} ${message}`)
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes.get(character) ?? '')
}
