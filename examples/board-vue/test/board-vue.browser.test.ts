import { fileURLToPath } from 'node:url'
import { describeLibrary } from '../../board/test/describe-library.ts'

describeLibrary('vue', fileURLToPath(new URL('..', import.meta.url)))
