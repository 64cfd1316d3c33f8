/** What `mizan.config.ts` imports. Nothing heavy may be reached from here: it is loaded to read a configuration. */

export {
  type ClientTarget,
  type DbConfig,
  defineConfig,
  type DialectName,
  type MizanConfig,
} from './config.ts'
