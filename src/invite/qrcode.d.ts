declare module 'qrcode' {
  const qrcode: {
    /** The drawing of a text, as the markup of one `svg` element. */
    toString(text: string, options: { type: 'svg'; margin?: number }): Promise<string>;
  };
  export default qrcode;
}
