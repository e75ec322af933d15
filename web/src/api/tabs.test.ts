import { expect, test } from 'vitest'
import { hearTabs, tellTabs } from './tabs.ts'

test('another tab’s word is heard, one’s own is not, and what nobody knows is nothing', async () => {
  const told: string[] = []
  const deafen = hearTabs((one) => told.push(one))
  const otherTab = new BroadcastChannel('seloste.session')
  const heardThere: unknown[] = []
  otherTab.onmessage = ({ data }) => heardThere.push(data)

  tellTabs('used')
  otherTab.postMessage('signed-out')
  otherTab.postMessage({ kind: 'signed-out' })
  otherTab.postMessage('something')
  otherTab.postMessage('used')
  await expect.poll(() => told).toEqual(['signed-out', 'used'])
  await expect.poll(() => heardThere).toEqual(['used'])

  deafen()
  otherTab.postMessage('ended')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(told).toEqual(['signed-out', 'used'])
  otherTab.close()
})
