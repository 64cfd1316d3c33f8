import { fileURLToPath } from 'node:url'
import { libraryFace } from '../../board/test/board-face.ts'
import { buildLibrary } from '../../board/test/build-library.ts'
import { describeBoard } from '../../board/test/describe-board.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

describeBoard({
  ...libraryFace('vue'),
  build: async (folder) => ({ libraries: { vue: await buildLibrary(root, folder) } }),
})
