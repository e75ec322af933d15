// Starts a Ceph cluster on one machine for tests: a monitor, one object store in memory and the object gateway, all
// from Debian (ceph-mon, ceph-osd, radosgw). Unlike a gateway over a database file, it supports everything that Seloste
// needs of S3.
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../whole/free-ports.ts'

export interface RadosGateway {
  /** URL in the form of SELOSTE_TEST_S3: `http://access-key:secret-key@host:port`. */
  url: string
  /** Runs `radosgw-admin` with these arguments. */
  administer: (...words: string[]) => Promise<void>
  stop: () => Promise<void>
}

const programs = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'ceph', 'ceph-authtool', 'monmaptool']
const classFolders = ['/usr/lib/x86_64-linux-gnu/rados-classes', '/usr/lib/aarch64-linux-gnu/rados-classes']
const readyMs = 120_000
const accessKey = 'tests'

/** Returns the reason why this machine cannot run a cluster; undefined if it can. */
export function missingRados(): string | undefined {
  const missing = programs.filter((program) => spawnSync(program, ['--version']).error !== undefined)
  return missing.length === 0
    ? undefined
    : `there is no ${missing.join(', no ')}: apt-get install ceph-mon ceph-osd radosgw`
}

/**
 * Starts a cluster, which takes some ten seconds.
 * @param folder created here, and removed at the end
 */
export async function startRadosGateway(folder: string): Promise<RadosGateway> {
  const [monitorPort, port] = [await freePort(), await freePort()]
  const [cluster, store, secretKey] = [randomUUID(), randomUUID(), randomBytes(20).toString('hex')]
  await mkdir(join(folder, 'osd'), { recursive: true })
  const keyring = join(folder, 'keyring')
  const monitors = join(folder, 'monitors')
  await writeFile(
    join(folder, 'ceph.conf'),
    `[global]
fsid = ${cluster}
mon_host = [v2:127.0.0.1:${monitorPort}/0]
public_network = 127.0.0.0/8
ms_bind_ipv6 = false
keyring = ${keyring}
admin_socket =
pid_file =
run_dir = ${folder}
log_file = ${folder}/$name.log
mon_data = ${folder}/mon
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 1000
osd_data = ${folder}/osd
osd_class_dir = ${classFolders.find((path) => existsSync(path)) ?? ''}
osd_objectstore = memstore
memstore_device_bytes = 4G
osd_crush_chooseleaf_type = 0
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
[client]
debug_rgw = 0
rgw_data = ${folder}
rgw_thread_pool_size = 64
rgw_frontends = beast endpoint=127.0.0.1:${port}
`,
  )
  const conf = ['-c', join(folder, 'ceph.conf')]
  const running: ChildProcess[] = []
  const run = (program: string, ...args: string[]) => promisify(execFile)(program, args, { cwd: folder })
  const start = (program: string, ...args: string[]) => {
    // The kernel kills the program when its parent, this process, ends (prctl(2), PR_SET_PDEATHSIG).
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...conf, ...args, '-f'], {
      cwd: folder,
      stdio: 'ignore',
    })
    running.push(child)
  }
  const stop = async () => {
    for (const child of running.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    }
    await rm(folder, { recursive: true, force: true })
  }
  const administer = async (...words: string[]) => {
    await run('radosgw-admin', ...conf, '-n', 'client.rgw', ...words)
  }

  try {
    await run('ceph-authtool', '-C', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *')
    const all = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *']
    for (const name of ['client.admin', 'client.rgw', 'osd.0']) {
      await run('ceph-authtool', keyring, '--gen-key', '-n', name, ...all)
    }
    await run('monmaptool', '--create', '--fsid', cluster, '--addv', 'a', `[v2:127.0.0.1:${monitorPort}/0]`, monitors)
    await run('ceph-mon', ...conf, '--mkfs', '-i', 'a', '--monmap', monitors, '--keyring', keyring)
    start('ceph-mon', '-i', 'a')
    await run('ceph', ...conf, 'osd', 'new', store, '0')
    await run('ceph-osd', ...conf, '-i', '0', '--mkfs', '--osd-uuid', store)
    start('ceph-osd', '-i', '0')
    const keys = [`--access-key=${accessKey}`, `--secret-key=${secretKey}`]
    await administer('user', 'create', '--uid=tests', '--display-name=tests', '--max-buckets=0', ...keys)
    start('radosgw', '-n', 'client.rgw')
    const deadline = performance.now() + readyMs
    const endpoint = `http://127.0.0.1:${port}`
    while (
      !(await fetch(endpoint).then(
        (answer) => answer.ok,
        () => false,
      ))
    ) {
      if (performance.now() > deadline) throw new Error(`radosgw is not ready; see ${folder}/client.rgw.log`)
      await wait(100)
    }
    return { url: `http://${accessKey}:${secretKey}@127.0.0.1:${port}`, administer, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
