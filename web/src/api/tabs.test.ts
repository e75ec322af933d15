import { expect, test } from 'vitest'
import { listenToTabs, notifyTabs } from './tabs.ts'

test('receives messages of other tabs, and ignores its own and unknown ones', async () => {
  const received: string[] = []
  const stopListening = listenToTabs((one) => received.push(one))
  const otherTab = new BroadcastChannel('seloste.session')
  const receivedByOtherTab: unknown[] = []
  otherTab.onmessage = ({ data }) => receivedByOtherTab.push(data)

  notifyTabs('used')
  otherTab.postMessage('signed-out')
  otherTab.postMessage({ kind: 'signed-out' })
  otherTab.postMessage('something')
  otherTab.postMessage('used')
  await expect.poll(() => received).toEqual(['signed-out', 'used'])
  await expect.poll(() => receivedByOtherTab).toEqual(['used'])

  stopListening()
  otherTab.postMessage('ended')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(received).toEqual(['signed-out', 'used'])
  otherTab.close()
})
