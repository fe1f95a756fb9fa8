/** Timers by time, and by their order of setting where times are equal: what is set first rings first. */
import type { Actor } from "./agenda.ts"

/** `happen` is `null` once it was called off. */
export type Timer = { readonly atMs: number; readonly order: number; actor: Actor; happen: (() => void) | null }

export const timerHeap = () => {
  const heap: Array<Timer> = []
  const isBefore = (a: Timer, b: Timer): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
  const swap = (a: number, b: number): void => {
    const [one, other] = [heap[a], heap[b]]
    if (one === undefined || other === undefined) return
    heap[a] = other
    heap[b] = one
  }
  const isOutOfOrder = (parent: number, child: number): boolean => {
    const [above, below] = [heap[parent], heap[child]]
    return above !== undefined && below !== undefined && isBefore(below, above)
  }
  const sift = (): void => {
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      const least = isOutOfOrder(left, right) ? right : left
      if (!isOutOfOrder(at, least)) return
      swap(at, least)
      at = least
    }
  }
  const drop = (): void => {
    swap(0, heap.length - 1)
    heap.pop()
    sift()
  }
  return {
    /** The next one that will ring. */
    peek: (): Timer | undefined => {
      while (heap[0] !== undefined && !rings(heap[0])) drop()
      return heap[0]
    },
    push: (timer: Timer): Timer => {
      heap.push(timer)
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1
        if (!isOutOfOrder(parent, at)) break
        swap(parent, at)
        at = parent
      }
      return timer
    },
    /** Takes out what is due and rings, in order. */
    due: (nowMs: number): ReadonlyArray<Timer> => {
      const due: Array<Timer> = []
      for (let next = heap[0]; next !== undefined && next.atMs <= nowMs; next = heap[0]) {
        if (rings(next)) due.push(next)
        drop()
      }
      return due
    }
  }
}

/** Most are called off before their time, such as deadlines of calls that are answered, and time need not stop there. */
const rings = ({ happen, actor }: Timer): boolean => happen !== null && actor.state !== "down"
