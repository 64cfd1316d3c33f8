/** The plan of a SELECT, as a tree. */

import { assertOneSelect, type PlanNode } from '../engine.ts'
import { type Html, markup } from '../html.ts'
import { alertOf } from '../layout.ts'
import { messageOf } from '../message-of.ts'
import type { StudioPage, StudioPlace } from '../place.ts'
import { readOnly } from '../read-only.ts'

/** The form; what it holds is not explained before somebody says so. */
export const explainForm: StudioPage = async (place, given) => ({
  title: 'Explain',
  body: formOf(place, given.get('sql') ?? '', false),
})

/** The form with a plan, or with why there is none. */
export const explainPage: StudioPage = async (place, given) => {
  const text = given.get('sql') ?? ''
  const runs = given.get('run') === 'on' && place.engine.canRun
  const plan = await planOf(place, text, runs).catch(messageOf)
  return {
    title: 'Explain',
    status: typeof plan === 'string' ? 400 : 200,
    body: markup`${formOf(place, text, runs)}
    ${
      typeof plan === 'string'
        ? alertOf(plan)
        : markup`<h2 id="plan">Plan</h2>
            <ul class="plan" aria-labelledby="plan">
              ${treeOf(plan)}
            </ul>`
    }`,
  }
}

async function planOf(place: StudioPlace, text: string, runs: boolean): Promise<PlanNode> {
  const sql = assertOneSelect(text)
  return readOnly(place, (run) => place.engine.explain(run, sql, runs))
}

function formOf({ engine }: StudioPlace, sql: string, runs: boolean): Html {
  return markup`<form method="post" action="/explain">
      <label
        >A SELECT
        <textarea name="sql" required spellcheck="false" maxlength="50000">${sql}</textarea>
      </label>
      ${
        engine.canRun &&
        markup`<label class="check"
          ><input type="checkbox" name="run" ${runs ? markup` checked` : ''} /> Run it, to see what it
          really takes</label
        >`
      }
      <button>Explain</button>
    </form>
    <p>
      In a transaction that writes nothing, ends after five seconds where the server can end it, and
      is always rolled back.
    </p>`
}

function treeOf({ label, facts, children }: PlanNode): Html {
  return markup`<li>
    <strong>${label}</strong> ${
      facts.length > 0 &&
      markup`<dl>
        ${facts.map(
          ([name, value]) =>
            markup`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>`
    }
    ${
      children.length > 0 &&
      markup`<ul>
        ${children.map(treeOf)}
      </ul>`
    }
  </li> `
}
