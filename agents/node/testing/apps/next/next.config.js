// What is built stays out of the repository under this name.
export default { distDir: 'build' };
