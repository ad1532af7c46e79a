/** What a UDP listener saw since it started, in datagrams. */
export interface UdpCounts {
  received: number;
  answered: number;
  /** Answers the kernel would not take. */
  unsendable: number;
  /** Longer than `longestQuestion`; dropped unread. */
  oversized: number;
}

/** Bytes the kernel may hold for us each way: a burst of several thousand messages. */
export const socketBuffer = 4 << 20;

/** What fits an Ethernet frame; a question with every EDNS option in use is a third of it. */
export const longestQuestion = 1472;

/** Room that a handler gets for one answer by datagram. */
export const longestAnswer = 4096;
