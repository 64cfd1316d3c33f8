import { reactFace } from './board-face.ts'
import { buildReact } from './board-in-browser.ts'
import { describeBoard } from './describe-board.ts'

describeBoard({ ...reactFace, build: buildReact })
