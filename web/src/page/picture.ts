/** A picture from this machine, as it is shown and as it is sent. */
export const MOST_BYTES = 8 * 2 ** 20;

export interface Picture {
  /** A data: address. */
  shown: string;
  /** base64 */
  sent: string;
}

export function readPicture(file: File): Promise<Picture> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => {
      const shown = String(reader.result);
      resolve({ shown, sent: shown.slice(shown.indexOf(",") + 1) });
    };
    reader.readAsDataURL(file);
  });
}
