// Starts a real S3 server for tests: the Ceph object gateway (Debian's radosgw) over a database file of its own.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { freePort } from '../whole/free-ports.ts'

/** Server to test against instead, `http://access-key:secret-key@host:port`; its buckets are left there. */
const other = process.env['SELOSTE_TEST_S3']
/** True if the server is started here, so that it can be stopped for some time. */
export const canHaltS3Server = other === undefined
/** True if an S3 server is given or this machine can start one: `apt-get install radosgw`. */
export const hasS3Server = other !== undefined || spawnSync('radosgw', ['--version']).status === 0
/**
 * Ceph's database backend (18.2) returns a range from a wrong offset, does not complete multipart uploads and loses a
 * bucket's object lock. Tests of these need the server in SELOSTE_TEST_S3.
 */
export const hasWholeS3Server = other !== undefined

const accessKey = 'tests'
const secretKey = 'a key of the tests'.replaceAll(' ', '-')
const region = 'us-east-1'

export interface S3Server {
  endpoint: string
  /** Client with an administrator's rights. */
  client: S3Client
  /** File of access keys in the format of the AWS tools. */
  credentialsFile: string
  /** Options of a store in a bucket, without a key prefix. */
  store: (bucket: string) => {
    bucket: string
    prefix: string
    endpoint: string
    region: string
    credentialsFile: string
  }
  makeBucket: (options?: { lock?: boolean }) => Promise<string>
  /** Stops the server for some time: it answers no request. */
  halt: () => void
  resume: () => void
  stop: () => Promise<void>
}

/** Starts a server on a port of its own, or uses the one in SELOSTE_TEST_S3. */
export async function startS3Server(): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 's3-'))
  if (other !== undefined) {
    const { username, password, origin } = new URL(other)
    return reach(folder, origin, decodeURIComponent(username), decodeURIComponent(password), {
      halt: () => undefined,
      resume: () => undefined,
      stop: () => Promise.resolve(),
    })
  }
  const port = await freePort()
  writeFileSync(
    join(folder, 'ceph.conf'),
    `[global]
auth_client_required = none
admin_socket =
pid_file =
run_dir = ${folder}
log_file = ${folder}/log
[client]
rgw_backend_store = dbstore
rgw_config_store = dbstore
rgw_data = ${folder}
dbstore_db_dir = ${folder}
dbstore_config_uri = file:${folder}/config.db
rgw_thread_pool_size = 16
rgw_frontends = beast endpoint=127.0.0.1:${port}
`,
  )
  const conf = ['-c', join(folder, 'ceph.conf'), '--no-mon-config', '-n', 'client.rgw']
  makeAccount(conf)
  const running = spawn('radosgw', [...conf, '-f'], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()))
  const endpoint = `http://127.0.0.1:${port}`
  for (let tries = 0; ; tries++) {
    if (
      await fetch(endpoint).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break
    if (tries === 200 || running.exitCode !== null) throw new Error(`the S3 server does not start; see ${folder}/log`)
    await wait(50)
  }
  return reach(folder, endpoint, accessKey, secretKey, {
    halt() {
      running.kill('SIGSTOP')
      // Waits until the server has stopped: until then it still answers.
      while (!hasStopped(running.pid)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    },
    resume: () => void running.kill('SIGCONT'),
    async stop() {
      running.kill('SIGKILL')
      await ended
    },
  })
}

function reach(
  folder: string,
  endpoint: string,
  accessKeyId: string,
  secretAccessKey: string,
  process: Pick<S3Server, 'halt' | 'resume' | 'stop'>,
): S3Server {
  const credentialsFile = join(folder, 'credentials')
  writeFileSync(
    credentialsFile,
    `[default]
aws_access_key_id = ${accessKeyId}
aws_secret_access_key = ${secretAccessKey}
[other]
aws_access_key_id = x
aws_secret_access_key = y
`,
  )
  const credentials = { accessKeyId, secretAccessKey }
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials })
  return {
    ...process,
    endpoint,
    client,
    credentialsFile,
    store: (bucket) => ({ bucket, prefix: '', endpoint, region, credentialsFile }),
    async makeBucket(options) {
      const Bucket = `seloste-${randomBytes(6).toString('hex')}`
      await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: options?.lock ?? false }))
      return Bucket
    },
    async stop() {
      client.destroy()
      await process.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Creates the account, and retries: the program does not always exit afterwards, and takes longer on a busy machine.
 */
function makeAccount(conf: readonly string[]): void {
  const account = ['--uid=tests', '--display-name=tests', `--access-key=${accessKey}`, `--secret-key=${secretKey}`]
  for (const timeout of [3_000, 6_000, 12_000, 24_000]) {
    const made = spawnSync('radosgw-admin', [...conf, 'user', 'create', ...account], {
      stdio: 'ignore',
      timeout,
      killSignal: 'SIGKILL',
    })
    if (made.status === 0) return
    const found = spawnSync('radosgw-admin', [...conf, 'user', 'info', '--uid=tests'], {
      stdio: 'ignore',
      timeout,
      killSignal: 'SIGKILL',
    })
    if (found.status === 0) return
  }
  throw new Error('the S3 server has no account')
}

/**
 * Returns true if a process is stopped, by proc(5): the state follows the name, which is in brackets. Only on Linux,
 * like the server.
 */
function hasStopped(pid: number | undefined): boolean {
  return /\) [TX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}
