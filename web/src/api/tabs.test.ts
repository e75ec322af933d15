import { expect, test } from 'vitest'
import { listenToTabs, notifyTabs } from './tabs.ts'

test('receives messages of other tabs, and ignores its own and unknown ones', async () => {
  const reported: string[] = []
  const deafen = listenToTabs((one) => reported.push(one))
  const otherTab = new BroadcastChannel('seloste.session')
  const playedThere: unknown[] = []
  otherTab.onmessage = ({ data }) => playedThere.push(data)

  notifyTabs('used')
  otherTab.postMessage('signed-out')
  otherTab.postMessage({ kind: 'signed-out' })
  otherTab.postMessage('something')
  otherTab.postMessage('used')
  await expect.poll(() => reported).toEqual(['signed-out', 'used'])
  await expect.poll(() => playedThere).toEqual(['used'])

  deafen()
  otherTab.postMessage('ended')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(reported).toEqual(['signed-out', 'used'])
  otherTab.close()
})
