import { fileURLToPath } from 'node:url'
import { describeLibrary } from '../../board/test/describe-library.ts'

describeLibrary('svelte', fileURLToPath(new URL('..', import.meta.url)))
