/** @jsxRuntime automatic @jsxImportSource react */

/** A page that takes some milliseconds: a table as applications have them. */

import type { ReactElement } from 'react'

export interface TablePageProps {
  readonly rows: number
  readonly title: string
}

export function TablePage({ rows, title }: TablePageProps): ReactElement {
  return (
    <main>
      <h1>{title}</h1>
      <table>
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            <Row key={row} row={row} />
          ))}
        </tbody>
      </table>
    </main>
  )
}

function Row({ row }: { readonly row: number }): ReactElement {
  return (
    <tr className={row % 2 === 0 ? 'even' : 'odd'}>
      <td>{row}</td>
      <td>
        <a href={`/tasks/${row}/`}>Task & number {row}</a>
      </td>
      <td title={`"${row}"`}>{row * 7}</td>
    </tr>
  )
}
