/**
 * How many bytes of inputs that cannot be read twice (archives, stdin) are kept, so that lines can be worked out later.
 * Objects read beyond it have a file but no line.
 */
export class Retention {
  private left: number;

  constructor(bytes = 128 * 1024 * 1024) {
    this.left = bytes;
  }

  /** Whether `size` more bytes may be kept; counts them if so. */
  take(size: number): boolean {
    if (size > this.left) return false;
    this.left -= size;
    return true;
  }

  get remaining(): number {
    return this.left;
  }
}
