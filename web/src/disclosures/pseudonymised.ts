import type { ResearchDetail } from './disclosure-shapes.ts'

/** Returns items whose copy is pseudonymised, not anonymous (L30). */
export const pseudonymisedItems = ({ itemList }: Pick<ResearchDetail, 'itemList'>): number[] =>
  itemList.filter(({ copy }) => copy.level === 'D').map(({ item }) => item)
