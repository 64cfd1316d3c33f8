import { reactFace } from './board-face.ts'
import { buildReact } from './board-in-browser.ts'
import { describeBoard } from './describe-board.ts'
import { describePages } from './describe-pages.ts'

describeBoard({ ...reactFace, build: buildReact }, describePages)
