const { builtinModules } = require('node:module');

/** Leaves out what NestJS and TypeORM load only if it is there. */
const optional = (webpack) =>
  new webpack.IgnorePlugin({
    checkResource(request) {
      if (request.startsWith('.') || request.startsWith('node:') || builtinModules.includes(request))
        return false;
      try {
        require.resolve(request, { paths: [__dirname] });
        return false;
      } catch {
        return true;
      }
    },
  });

module.exports = (options, webpack) => ({
  ...options,
  // Everything is inside: by default, Nest leaves out node_modules.
  externals: [],
  plugins: [...options.plugins, optional(webpack)],
  optimization: { minimize: false },
});
